declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  interface RollOptions {
    file: string;
    size?: string;
    frequency?: 'daily' | 'hourly' | number;
    dateFormat?: string;
    extension?: string;
    limit?: { count: number; removeOtherLogFiles?: boolean };
    mkdir?: boolean;
    mode?: number;
    maxLength?: number;
  }

  /** A SonicBoom: https://github.com/pinojs/sonic-boom#api */
  interface RollStream extends EventEmitter {
    write(text: string): boolean;
    end(): void;
    destroy(): void;
  }

  export default function roll(options: RollOptions): Promise<RollStream>;
}
