export interface ServerSentEvent {
  readonly event: string;
  readonly id?: string;
  readonly data: Record<string, unknown>;
}

/** A client of a stream of server-sent events that keeps all it hears. */
export class EventReader implements AsyncDisposable {
  readonly heard: ServerSentEvent[] = [];
  hasEnded = false;
  private readonly over = new AbortController();
  private reading: Promise<void>;

  static async open(url: string, headers: Record<string, string>): Promise<EventReader> {
    const reader = new EventReader();
    const response = await fetch(url, { headers, signal: reader.over.signal });
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    reader.reading = reader.read(response).catch(() => undefined);
    return reader;
  }

  /** Resolves to the first event of that name, from the one at `from` on; throws when the stream ends before. */
  async next(name: string, from = 0): Promise<ServerSentEvent> {
    for (;;) {
      const found = this.heard.slice(from).find(({ event }) => event === name);
      if (found) return found;
      if (this.hasEnded) throw new Error(`the stream ended without ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when the service has ended the stream. */
  ended(): Promise<void> {
    return this.reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.over.abort();
    await this.reading;
  }

  private async read(response: Response): Promise<void> {
    let rest = '';
    try {
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.heard.push(parse(block));
      }
    } finally {
      this.hasEnded = true;
    }
  }
}

function parse(block: string): ServerSentEvent {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return { ...fields, data: JSON.parse(fields['data']!) } as ServerSentEvent;
}
