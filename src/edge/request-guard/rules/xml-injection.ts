import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'xml-injection';

export const xmlRules: readonly Rule[] = [
  {
    id: 'xml-entity',
    family,
    score: 8,
    why: 'An entity declaration reads files, calls servers or explodes in memory.',
    attack: '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hosts">]>',
    innocent: '<!DOCTYPE html>',
    needs: Sign.angle,
    hints: ['<!'],
    match: inText(
      /<!\s{0,3}entity\b|<!\s{0,3}doctype\s{1,9}[\w:-]{1,60}\s{1,9}(?:system\b|public\s{1,9}["'](?!-)|\[)|<!element\b/,
    ),
  },
  {
    id: 'xml-inclusion',
    family,
    score: 8,
    why: 'XInclude and XSLT read other documents while the XML is parsed.',
    attack: '<xi:include href="http://evil.example/x"/>',
    innocent: 'include the x',
    needs: Sign.angle,
    hints: ['xinclude', '<xsl', 'xi:', '<?xml'],
    match: inText(
      /<xi:include\b|w3\.org\/2001\/xinclude|<xsl:(?:value-of|include|import|template|stylesheet)\b|<\?xml-stylesheet\b/,
    ),
  },
];
