/** What stands in a letter. Every text is plain: markup in it is shown, not followed. */
export interface LetterParts {
  readonly greeting?: string;
  readonly paragraphs: readonly string[];
  /** A code to be typed. */
  readonly code?: string;
  /** A page to go to; http or https. */
  readonly action?: { readonly label: string; readonly url: string };
  readonly closing: string;
}

/** Lays a letter out as plain text and as HTML, which says the same and loads nothing from anywhere. */
export function layOutLetter(parts: LetterParts): { text: string; html: string } {
  const { greeting, paragraphs, code, action, closing } = clean(parts);
  const text = [
    greeting,
    ...paragraphs,
    code && `    ${code}`,
    action && `${action.label}:\n${action.url}`,
    closing,
  ];
  const body = [
    greeting && paragraph(greeting),
    ...paragraphs.map(paragraph),
    code && `<p class="code">${escape(code)}</p>`,
    action && button(action),
    `<p class="closing">${escape(closing)}</p>`,
  ];
  return { text: `${present(text).join('\n\n')}\n`, html: page(present(body).join('\n')) };
}

function clean({ greeting, paragraphs, code, action, closing }: LetterParts): LetterParts {
  return {
    greeting: greeting && oneParagraph(greeting),
    paragraphs: paragraphs.map(oneParagraph),
    code: code && oneParagraph(code),
    action: action && { label: oneParagraph(action.label), url: webAddress(action.url) },
    closing: oneParagraph(closing),
  };
}

/** A name with line breaks in it must not write paragraphs of its own. */
function oneParagraph(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function webAddress(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('not a web address');
  return href;
}

function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

/** With the address to copy, for where buttons do not work. */
function button({ label, url }: { label: string; url: string }): string {
  const address = escape(url);
  return `<p><a class="button" href="${address}">${escape(label)}</a></p>\n<p class="address">${address}</p>`;
}

function present(parts: readonly (string | undefined)[]): string[] {
  return parts.filter((part) => part !== undefined && part !== '') as string[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const STYLE = `
  body { margin: 0; padding: 32px 16px; background: #f4f4f5; color: #18181b;
    font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
  main { max-width: 520px; margin: 0 auto; padding: 32px; background: #fff; border-radius: 8px; }
  p { margin: 0 0 16px; overflow-wrap: anywhere; }
  .code { padding: 12px; border-radius: 6px; background: #f4f4f5; text-align: center;
    font: 600 24px/1.3 ui-monospace, Menlo, Consolas, monospace; letter-spacing: 0.1em; }
  .button { display: inline-block; padding: 12px 24px; border-radius: 6px; background: #1d4ed8;
    color: #fff; font-weight: 600; text-decoration: none; }
  .address, .closing { color: #52525b; font-size: 14px; }
  .closing { margin: 24px 0 0; }
  @media (prefers-color-scheme: dark) {
    body { background: #09090b; color: #f4f4f5; }
    main { background: #18181b; }
    .code { background: #27272a; }
    .button { background: #3b82f6; }
    .address, .closing { color: #a1a1aa; }
  }
`;

function page(body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
