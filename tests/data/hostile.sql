-- Types and texts on which clients break: every value must come out as the server prints it, and
-- nothing of it may reach the terminal as a control character.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN triple AS real[] CHECK (array_length(VALUE, 1) = 3);
CREATE DOMAIN small AS int CHECK (VALUE < 100);

CREATE TABLE types (
    id        int PRIMARY KEY,
    yes       boolean,
    padded    char(6),
    short     varchar(3),
    num       numeric,
    rounded   numeric(12, 4),
    dbl       double precision,
    flt       real,
    cash      money,
    stamp     timestamp,
    stamptz   timestamptz,
    day       date,
    clock     timetz,
    span      interval,
    bin       bytea,
    doc       json,
    docb      jsonb,
    uid       uuid,
    net       inet,
    block     cidr,
    mac       macaddr8,
    bits      bit varying(9),
    spot      point,
    shape     polygon,
    words     tsvector,
    wanted    tsquery,
    place     pg_lsn,
    markup    xml,
    whole     int4range,
    many      int4multirange,
    spell     tstzrange,
    feeling   mood,
    feelings  mood[],
    couple    pair,
    couples   pair[],
    three     triple,
    little    small,
    matrix    int[][],
    texts     text[],
    single    "char",
    named     name,
    class     regclass,
    kind      oid
);
INSERT INTO types VALUES (1, true, 'ab', 'xyz', 'NaN', 12345678.9, 'Infinity', 0.1, 1234.5,
    'infinity', '-infinity', '0044-03-15 BC', '04:05:06-08', '-1 year 2 mons -3 days 04:05:06.7',
    '\x00ff1b5b', '{"b": 1,  "a": null}', '{"b": 1,  "a": null}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    '10.0.0.1/24', '10.0.0.0/8', '08:00:2b:01:02:03:04:05', B'10110', '(1.5,-2)', '((0,0),(1,1),(1,0))',
    'a fat:2A cat', 'fat & !cat', '16/B374D848', '<a b="c">&lt;</a>', '[1,5)', '{[1,3),[7,9)}',
    '[2020-01-01 00:00+00,infinity)', 'very happy', '{sad,"very happy"}', ROW(1, 'x, "y"'),
    ARRAY[ROW(1, NULL)::pair, NULL], '{1,2.5,NaN}', 42, '{{1,2},{3,NULL}}', ARRAY['', NULL, 'NULL', 'a,b', '"', E'\\'],
    '~', 'a name', 'pg_class', 4294967295);
INSERT INTO types (id) VALUES (2);
INSERT INTO types (id, couple, num, dbl, bin, texts, padded) VALUES
    (3, ROW(NULL, NULL), 123456789012345678901234567890.123456789, 0.1, '', '{}', ''),
    (4, NULL, -0.000, '-0', NULL, ARRAY[NULL]::text[], '      ');

CREATE TABLE texts (id int PRIMARY KEY, kind text, value text);
INSERT INTO texts VALUES
    (1, 'empty', ''),
    (2, 'null', NULL),
    (3, 'the word', 'NULL'),
    (4, 'emoji', '👨‍👩‍👧‍👦 family 🇩🇪 flag 👍🏽 skin'),
    (5, 'wide', '漢字かな交じり文 테스트 한국어'),
    (6, 'combining', 'e' || U&'\0301' || ' n' || U&'\0303'),
    (7, 'right to left', 'שלום ' || U&'\202E' || 'evil' || U&'\202C' || ' مرحبا'),
    (8, 'escape', E'\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J'),
    (9, 'c1', U&'\009b31m\0085'),
    (10, 'newlines', E'one\r\ntwo\n\tthree'),
    (11, 'no width', 'a' || U&'\200B' || 'b' || U&'\FEFF' || 'c' || U&'\00AD' || 'd'),
    (12, 'long', repeat('0123456789', 5000)),
    (13, 'long and wide', repeat('漢', 4097)),
    (14, 'just as long as a cell', repeat('x', 4096)),
    (15, 'zalgo', 'Z' || repeat(U&'\0310', 40)),
    (16, 'quotes', 'it''s "quoted" \ $1 %s {}'),
    (17, 'spaces', '  both ends  '),
    (18, 'delete', E'a\x7f' || E'b\x08\x08');

CREATE TABLE "Weird ""name"" 漢" ("select" int PRIMARY KEY, "a""b" text, "a b" int, "ü" text);
INSERT INTO "Weird ""name"" 漢" VALUES (1, 'x', 2, 'y');
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
CREATE TABLE empty_table (id int PRIMARY KEY, note text);
CREATE TABLE no_key (a int, b text);
INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, NULL);
