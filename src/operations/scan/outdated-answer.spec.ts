import { expect, it } from 'vitest';
import { readOutdated } from './outdated-answer.js';

const versions = { current: '1.0.0', wanted: '1.2.0', latest: '2.0.0' };

it('says of each package what there is, what is allowed and what is new', () => {
  const text = JSON.stringify({
    a: versions,
    error: { ...versions, latest: '1.2.0' },
    twice: [versions, versions],
    early: { current: '0.1.0', wanted: '0.1.1', latest: '0.2.0' },
    missing: { wanted: '1.0.0', latest: '1.0.0' },
  });
  expect(readOutdated(text)).toEqual({
    items: [
      { package: 'a', ...versions, isMajor: true },
      { package: 'error', ...versions, latest: '1.2.0', isMajor: false },
      { package: 'twice', ...versions, isMajor: true },
      { package: 'early', current: '0.1.0', wanted: '0.1.1', latest: '0.2.0', isMajor: true },
      { package: 'missing', current: null, wanted: '1.0.0', latest: '1.0.0', isMajor: false },
    ],
  });
});

it('knows that nothing is outdated when npm says so', () => {
  expect(readOutdated('{}')).toEqual({ items: [] });
});

it('calls nothing outdated that is ahead of the version to which npm would go', () => {
  const ahead = { current: '12.0.6', wanted: '12.0.6', latest: '11.1.0' };
  const next = { current: '2.0.0-rc.1', wanted: '2.0.0-rc.1', latest: '1.10.2' };
  const behind = { current: '1.9.0', wanted: '1.10.0', latest: '1.10.0' };
  expect(readOutdated(JSON.stringify({ ahead, next, behind }))).toEqual({
    items: [{ package: 'behind', ...behind, isMajor: false }],
  });
});

it.each([
  ['an error', '{"error":{"code":"ECONNREFUSED","summary":"request failed"}}', 'request failed'],
  ['no output', '', 'no JSON'],
  ['what is cut off', '{"a":{"current"', 'no JSON'],
  ['another form', '{"a":"1.0.0"}', 'not known'],
])('is unknown with %s', (_what, text, reason) => {
  expect(readOutdated(text)).toEqual({ reason: expect.stringContaining(reason) });
});
