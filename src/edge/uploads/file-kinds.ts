type Bytes = readonly number[];

const ascii = (text: string): Bytes => [...Buffer.from(text, 'latin1')];

/** By what its first bytes are known, at which offsets. A type that a route takes needs a line here. */
const SIGNATURES = {
  'image/png': [[0, [0x89, ...ascii('PNG\r\n\x1a\n')]]],
  'image/jpeg': [[0, [0xff, 0xd8, 0xff]]],
  'image/webp': [
    [0, ascii('RIFF')],
    [8, ascii('WEBP')],
  ],
  'application/gzip': [[0, [0x1f, 0x8b, 0x08]]],
} as const satisfies Record<string, readonly (readonly [offset: number, bytes: Bytes])[]>;

export type FileKind = keyof typeof SIGNATURES;

/** With so many bytes every kind can be told. */
export const LONGEST_SIGNATURE = 12;

/** Whether a file that begins so is what it is said to be. */
export function isOfKind(kind: FileKind, beginning: Uint8Array): boolean {
  return SIGNATURES[kind].every(([offset, bytes]) =>
    bytes.every((byte, position) => beginning[offset + position] === byte),
  );
}
