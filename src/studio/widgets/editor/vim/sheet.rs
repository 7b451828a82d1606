//! What the keys do, for people who look it up on the screen.

/// The sheet, in lines.
pub const SHEET: &str = "\
vim's keys, as far as they are here. A count goes before a command or a motion: 3dw, d3w.

modes      i a I A o O gI type; R types over what is there; v V select characters or lines
           esc goes back to normal mode; there, esc lets go of the keys, and i types again
           run, save and all other commands have the same keys in every mode
motions    h j k l, 0 ^ $ g_ |, w b e ge W B E gE, gg G, { }, H M L, %
           f F t T and ; ,  within the line; / ? n N * # through the text
           ctrl-d ctrl-u ctrl-f ctrl-b by the screen; ctrl-e ctrl-y zz zt zb move the view
operators  d c y > < gu gU g~ with a motion or an object; doubled, with the line: dd yy >>
objects    iw aw iW aW, i\" a\" i' a', i( a( ib, i[ a[, i{ a{ iB, ip ap; is as: the statement
changes    x X D C Y s S r ~ J gJ, p P; u takes back, ctrl-r makes again, . repeats
registers  \"a to \"z, \"A adds, \"0 what was copied, \"1 to \"9 and \"- what was deleted,
           \"_ nothing, \"+ the clipboard, which is written and not read
selected   operators at once; o the other end, gv again, p over it, I A before and behind it
typing     ctrl-w ctrl-u delete, ctrl-t ctrl-d indent, ctrl-r puts in a register
           ctrl-space ctrl-n tab: what is offered
not here   : lines, macros, marks, blocks, folds, = and !
";
