/** `ada@example.com` as `a…@example.com`: enough to find one's own, too little to write to. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address.slice(0, Math.max(at, 0));
  return `${first}…${address.slice(at)}`;
}
