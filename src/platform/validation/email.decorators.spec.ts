import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsEmailAddress } from './email.decorators.js';

const CORPUS = '../shared/data/emails.jsonl';
const hasCorpus = existsSync(CORPUS);
if (!hasCorpus) process.stderr.write(`skipped: addresses of isemail, no ${CORPUS}\n`);

interface Case {
  input: string;
  diagnosis: string;
}

const refused = { says: ['field must be an e-mail address, such as ada@example.com'] };

describe('IsEmailAddress', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada+news@example.co.uk', 'ada+news@example.co.uk'],
    ["o'brien@example.ie", "o'brien@example.ie"],
    ['x_y.z-1@sub.example.museum', 'x_y.z-1@sub.example.museum'],
    ['jo\u0308rg@example.com', 'j\u00f6rg@example.com'],
    ['用户@例え.jp', '用户@xn--r8jz45g.jp'],
    ['u@Ex\u00e4mple.com', 'u@xn--exmple-cua.com'],
    ['j\u00f6rg@Ex\u00e4mple.com', 'j\u00f6rg@xn--exmple-cua.com'],
    ['u@xn--exmple-cua.com', 'u@xn--exmple-cua.com'],
    ['a@xn--nxasmq6b.com', 'a@xn--nxasmq6b.com'],
    [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
  ])('takes %j as %j', async (given, kept) => {
    expect(await read(IsEmailAddress(), given)).toEqual({ value: kept });
  });

  it.each<[unknown, string]>([
    ['', 'nothing'],
    ['ada', 'no domain'],
    ['@example.com', 'no name'],
    ['ada@localhost', 'no domain of the internet'],
    ['a@b@example.com', 'two signs'],
    ['.ada@example.com', 'a leading dot'],
    ['a..b@example.com', 'two dots'],
    ['ada@-example.com', 'a leading hyphen'],
    ['ada@example.com.', 'a trailing dot'],
    [`${'x'.repeat(65)}@example.com`, 'a name of 65'],
    [`a@${'x.'.repeat(130)}com`, 'more than 254'],
    ['ada@[127.0.0.1]', 'an address literal'],
    ['ada@[IPv6:::1]', 'an address literal'],
    ['ada@127.0.0.1', 'an address'],
    ['"ada"@example.com', 'a quoted name'],
    ['ada(home)@example.com', 'a comment'],
    ['Ada <ada@example.com>', 'a display name'],
    ['ada@example.com,bob@example.com', 'two addresses'],
    ['ada@example.com\nBcc: x@example.com', 'a header behind a line break'],
    ['ada@example.com\r\n', 'a line break'],
    ['a\u0001b@example.com', 'a control'],
    ['a\0b@example.com', 'NUL'],
    ['a\u0085b@example.com', 'a control of Latin-1'],
    ['a\u00a0b@example.com', 'a no-break space'],
    ['a\u200bb@example.com', 'an invisible character'],
    ['a\u202eb@example.com', 'a change of direction'],
    ['ada@exam\u00adple.com', 'a soft hyphen'],
    ['\ud800@example.com', 'half a surrogate pair'],
    [{ $ne: '' }, 'an object'],
    [['ada@example.com'], 'a list'],
    [null, 'null'],
  ])('refuses %j: %s', async (value) => {
    expect(await read(IsEmailAddress(), value)).toEqual(refused);
  });

  it('refuses one as long as a body may be, before it looks for the parts of it', async () => {
    // a pattern that starts again at every sign would be here for an hour
    expect(await read(IsEmailAddress(), '@'.repeat(1_000_000))).toEqual(refused);
  });

  describe.skipIf(!hasCorpus)('of the addresses of isemail', () => {
    const cases = hasCorpus ? casesOf(readFileSync(CORPUS, 'utf8')) : [];

    it('takes every ordinary one', async () => {
      const ordinary = cases.filter(isOrdinary);
      expect(ordinary.length).toBeGreaterThan(10);
      expect(await takenOf(ordinary)).toEqual(ordinary);
    });

    it('takes no other, but for blanks around it', async () => {
      const others = cases.filter((each) => !isOrdinary(each));
      expect(others.length).toBeGreaterThan(100);
      const taken = await takenOf(others);
      expect(taken.map(({ input }) => input)).toEqual([' test@iana.org', 'test@iana.org ']);
    });
  });
});

function casesOf(lines: string): Case[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
}

/** Valid by RFC 5321, with a top-level domain that can exist, whatever DNS says of it today. */
function isOrdinary({ input, diagnosis }: Case): boolean {
  return /_VALID$|DNSWARN/.test(diagnosis) && /\.(?:[a-z]{2,}|xn--[a-z\d-]+)$/i.test(input);
}

async function takenOf(cases: Case[]): Promise<Case[]> {
  const readings = await Promise.all(cases.map(({ input }) => read(IsEmailAddress(), input)));
  return cases.filter((_, index) => 'value' in readings[index]!);
}
