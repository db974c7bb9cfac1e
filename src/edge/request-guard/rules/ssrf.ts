import { inText, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'ssrf';
const start = String.raw`^[\w%=-]{0,40}?['"]?(?:url:)?[a-z][a-z0-9+.-]{1,12}:\/{0,4}`;

const numericHost = new RegExp(
  String.raw`${start}(?:[^/?#@\s]{0,80}@)?([0-9a-fxoq.\u3002]{2,60})(?:[/:?#]|$)`,
);
const plainAddress = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/;

/** Numbers that a resolver takes for an address although they are no plain dotted quad. */
function isObscureHost(host: string): boolean {
  return (
    /^(?:(?:0x[0-9a-f]{1,16}|0?[oq]?\d{1,40})(?:[.\u3002]|$)){1,4}$/.test(host) &&
    !plainAddress.test(host) &&
    !/^\d{1,7}$/.test(host)
  );
}

export const ssrfRules: readonly Rule[] = [
  {
    id: 'ssrf-metadata',
    family,
    score: 8,
    why: 'Cloud metadata services hand out credentials to whoever asks from inside.',
    attack: 'http://169.254.169.254/latest/meta-data/',
    innocent: 'the metadata is latest',
    needs: Sign.letter,
    hints: [
      '169.254',
      'metadata',
      '100.100',
      '192.0.0',
      'kubernetes',
      'meta-data',
      'user-data',
      'fd00:',
      'openstack',
    ],
    match: inText(
      /169\.254\.169\.254|169\.254\.170\.2/,
      /\bmetadata\.(?:google|azure|tencentyun|packet|oraclecloud)/,
      /100\.100\.100\.200|192\.0\.0\.192|rancher-metadata/,
      /\bkubernetes\.default\b|computemetadata\/v1/,
      /latest\/(?:meta-data|user-data|dynamic)|fd00:ec2::254/,
      /\/openstack\/latest/,
    ),
  },
  {
    id: 'ssrf-private-address',
    family,
    score: 5,
    why: 'A URL whose host is this machine or a private network.',
    attack: 'http://127.0.0.1:22/',
    innocent: 'http://localhost:3000/api',
    needs: Sign.colon,
    hints: ['127.', '10.', '192.168', '172.', '169.254', '0.0.0', '//0', ':0', 'localhost', '['],
    match: inTrimmed(
      new RegExp(
        String.raw`${start}(?:[^/?#@\s]{0,80}@)?(?:127\.\d|10\.\d{1,3}\.\d{1,3}\.\d|192\.168\.\d|172\.(?:1[6-9]|2\d|3[01])\.\d|169\.254\.\d|0\.0\.0\.0|0(?:[/:]|$)|localhost\.?(?:\/|$|:(?:\d{1,3}|11211|2[0-9]{3}|1433|3306|5432|6379|27017|9200|1521)\b)|\[)`,
      ),
    ),
  },
  {
    id: 'ssrf-loopback-name',
    family,
    score: 5,
    why: 'Public names that resolve to this machine pass filters on addresses.',
    attack: 'http://app.localtest.me/',
    innocent: 'test me locally',
    needs: Sign.letter,
    hints: [
      'localtest',
      'lvh.me',
      'lacolhost',
      'vcap',
      'nip.io',
      'sslip',
      'xip.io',
      'localh',
      'burp',
      'oastify',
      'interact',
      'oast.',
      '1u.ms',
      'rbndr',
      'ip6',
      'ipv6',
      'localhost.localdomain',
      'docker.internal',
      'yoogle',
      'kubernetes',
      'cluster.local',
      'dnslog',
      'requestbin',
      'webhook.site',
      'pipedream',
      'canarytokens',
      '.internal',
    ],
    match: inText(
      /(?:^|[\s/.@=])(?:[\w-]{1,60}\.){0,3}(?:localtest\.me|lvh\.me|lacolhost\.com|vcap\.me|nip\.io|sslip\.io|xip\.io|localh\.st|spoofed\.burpcollaborator\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:pro|live|site|online|fun|me)|1u\.ms|rbndr\.us|ip(?:v)?6-local(?:host|net)|ip(?:v)?6-loopback|localhost\.localdomain|(?:host|gateway|kubernetes)\.docker\.internal|yoogle\.com|customer\d\.app\.localhost|kubernetes\.(?:default|svc)|svc\.cluster\.local|dnslog\.cn|requestbin\.(?:net|com)|webhook\.site|pipedream\.net|canarytokens\.(?:com|org)|company\.internal|metadata\.internal)\b/,
    ),
  },
  {
    id: 'ssrf-obscure-address',
    family,
    score: 5,
    why: 'Addresses written as one number, in hex, octal or two parts hide where they lead.',
    attack: 'http://0x7f000001/',
    innocent: 'http://1on1.example/',
    needs: Sign.colon | Sign.digit,
    hints: ['http', 'ftp', 'url:', '://', ':0'],
    match: ({ trimmed }) => isObscureHost(numericHost.exec(trimmed)?.[1] ?? ''),
  },
  {
    id: 'ssrf-address-literal',
    family,
    score: 3,
    why: 'A URL by IPv6 literal, of a host inside, or that names two hosts to lead parsers apart.',
    attack: 'http://good.example&@127.88.23.245#@good.example/',
    innocent: 'mail a&b@example.com',
    needs: Sign.colon,
    hints: [
      '@',
      '[',
      '.localhost',
      '.local',
      '.intern',
      '.intranet',
      '.corp',
      '.lan',
      '.consul',
      '://',
      'localhost:',
    ],
    match: inTrimmed(
      /^https?:\/\/(?:[\w-]{1,60}\.){1,6}(?:localhost|local|internal|intranet|corp|lan|consul)(?:[/:?#]|$)|^https?:\/\/[\w.-]{0,80}[a-z]\.\d{1,3}(?:\.\d{1,3}){3}(?:[/:?#]|$)|^localhost:(?:\+|0\d)/,
      /^[\w%=-]{0,40}?[a-z][a-z0-9+.-]{1,12}:\/{0,3}(?:\[[0-9a-f:.%\w]{2,50}\]|[^\s/]{1,80}(?:\s?&\s?@|#@|\\@|@[^\s@/]{1,60}@)|[^\s/?#]{1,60}[^\w]@\d{1,3}\.\d)/,
    ),
  },
  {
    id: 'ssrf-scheme',
    family,
    score: 5,
    why: 'Schemes by which a URL fetcher reads files or speaks other protocols.',
    attack: 'gopher://127.0.0.1:6379/_INFO',
    innocent: 'https://example.com/gopher',
    needs: Sign.colon,
    hints: [':/', 'unix:', 'jar:', '.internal'],
    match: inText(
      /(?:^|[\s'"=(,;<>|])(?:gopher|dict|netdoc|jar|tftp|ldaps?|rmi|smb|sftp|scp|imaps?|pop3s?|smtps?|telnet|rtsp|ssh2?|local_file|nfs|afs|cvs|svn|ident|classpath|view-source|chrome|vbscript|snmp|finger|jms|iiop|corba[a-z]{0,4}|nis|netrc|wais|z39\.50\w?):\/{1,3}[\w[.%*①-⑳-]/,
      /(?:^|['"=(\s])file:\/{1,3}(?:[a-z.~]|$)|\w\.internal(?:[:/]|$)/,
      /\bjar:https?:|\bunix:[\w/]{1,200}\||^unix:\//,
    ),
  },
];
