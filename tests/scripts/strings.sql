SET standard_conforming_strings TO off;
SELECT 'it\'s', 'a\\', e'\'';
SET standard_conforming_strings = on;
SELECT 'c:\', E'it\'s', U&'\0441' UESCAPE '!', $a$ it's $b$ $a$, $$ $x$ $$;
SELECT 'a' 
  'b', N'x', B'01', X'1F', 0x1F, 1_000, 0b01, .5, 5., 1e5;
SET LOCAL standard_conforming_strings = 'off';
