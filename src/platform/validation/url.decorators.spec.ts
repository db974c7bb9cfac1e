import { describe, expect, it } from 'vitest';
import { read } from '../../../test/field.js';
import { IsWebUrl } from './url.decorators.js';

describe('IsWebUrl', () => {
  it.each([
    'https://example.com',
    'http://example.com:8080/a?b=c#d',
    'HTTPS://Example.com/Ä',
    'https://例え.jp/',
    'https://example.com/@ada',
    'https://example.com?to=a@b',
    'http://localhost:3000/', // somebody's link, not ours to call
    'http://10.0.0.1/',
  ])('takes %j as it is', async (url) => {
    expect(await read(IsWebUrl(), url)).toEqual({ value: url });
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com',
    'file:///etc/passwd',
    'gopher://example.com',
    '//example.com',
    'example.com',
    'https:example.com',
    'https:/example.com',
    'https:\\\\example.com',
    'https://example.com\\@evil.example',
    'https://ada@example.com',
    'https://ada:secret@example.com',
    'https://@example.com',
    'https://:@example.com',
    ' https://example.com',
    'java\nscript:alert(1)',
    'https://exam\nple.com',
    'https://exa mple.com',
    'https://example.com/\u0000',
    'https://exam\u200bple.com',
    'https://',
    'https://[::1',
    'https://example.com:99999',
    `https://example.com/${'x'.repeat(2_048)}`,
    '',
    1,
    ['https://example.com'],
    null,
  ])('refuses %j', async (value) => {
    const says = ['field must be a http or https address, without user name and password'];
    expect(await read(IsWebUrl(), value)).toEqual({ says });
  });
});

describe('IsWebUrl, fetched', () => {
  it.each([
    'https://example.com/hook',
    'https://localhost.example.com',
    'https://internal-tools.example.com',
    'http://93.184.215.14/',
    'http://93.184.215.14:8080',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
    'https://172.32.0.1/',
    'https://11.0.0.1/',
  ])('takes %j', async (url) => {
    expect(await read(IsWebUrl({ fetched: true }), url)).toEqual({ value: url });
  });

  it.each([
    ['http://127.0.0.1/', 'loopback'],
    ['http://127.1.2.3/', 'loopback'],
    ['http://10.1.2.3/', 'private'],
    ['http://172.16.0.1/', 'private'],
    ['http://172.31.255.255/', 'private'],
    ['http://192.168.1.1/', 'private'],
    ['http://100.64.0.1/', 'carrier-grade NAT'],
    ['http://0.0.0.0/', 'this host'],
    ['http://0/', 'this host'],
    ['http://169.254.1.1/', 'link-local'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://255.255.255.255/', 'broadcast'],
    ['http://169.254.169.254/latest/meta-data/', 'metadata of AWS, Google, Azure'],
    ['http://169.254.170.2/', 'metadata of AWS containers'],
    ['http://100.100.100.200/', 'metadata of Alibaba'],
    ['http://192.0.0.192/', 'metadata of Oracle'],
    ['http://168.63.129.16/', 'metadata of Azure'],
    ['http://[fd00:ec2::254]/', 'metadata of AWS'],
    ['http://metadata.google.internal/', 'metadata of Google'],
    ['http://metadata.google.internal./', 'with a trailing dot'],
    ['http://2130706433/', 'decimal'],
    ['http://0x7f000001/', 'hexadecimal'],
    ['http://0177.0.0.1/', 'octal'],
    ['http://0x7f.1/', 'short'],
    ['http://127.1/', 'short'],
    ['http://1572395042/', 'decimal, though public'],
    ['http://１２７.0.0.1/', 'full-width digits'],
    ['http://①②⑦.0.0.1/', 'circled digits'],
    ['http://127%2e0.0.1/', 'percent-encoded'],
    ['http://127。0。0。1/', 'ideographic full stops'],
    ['http://[::1]/', 'loopback'],
    ['http://[::]/', 'unspecified'],
    ['http://[0:0:0:0:0:0:0:1]/', 'loopback in full'],
    ['http://[::ffff:127.0.0.1]/', 'IPv4-mapped'],
    ['http://[::ffff:7f00:1]/', 'IPv4-mapped in hexadecimal'],
    ['http://[::ffff:93.184.215.14]/', 'IPv4-mapped, though public'],
    ['http://[::127.0.0.1]/', 'IPv4-compatible'],
    ['http://[64:ff9b::7f00:1]/', 'NAT64'],
    ['http://[2002:7f00:1::]/', '6to4'],
    ['http://[fe80::1]/', 'link-local'],
    ['http://[fc00::1]/', 'unique local'],
    ['http://[ff02::1]/', 'multicast'],
    ['http://localhost/', 'loopback'],
    ['http://LOCALHOST./', 'loopback'],
    ['http://a.localhost/', 'loopback'],
    ['http://redis:6379/', 'a single label'],
    ['http://printer.local/', 'multicast DNS'],
    ['http://db.svc.cluster.local/', 'Kubernetes'],
    ['http://wiki.corp/', 'a company'],
    ['http://router.home.arpa/', 'a home'],
    ['http://nas.lan/', 'a local network'],
    ['http://user@example.com/', 'credentials'],
    ['gopher://example.com/', 'another protocol'],
  ])('refuses %j: %s', async (url) => {
    const says = [
      'field must be a http or https address on the public internet, without user name and password',
    ];
    expect(await read(IsWebUrl({ fetched: true }), url)).toEqual({ says });
  });
});
