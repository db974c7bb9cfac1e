import { SmallDisk } from '../kit/small-disk.mjs';

/** A disk of its own for the tables. */
export class Tablespace {
  name = 'small_disk';
  #disk;

  constructor(disk) {
    this.#disk = disk;
  }

  /** Undefined where it cannot be mounted. */
  static mount(drill, { account }) {
    const disk = SmallDisk.mount(drill, '48m', account);
    return disk && new Tablespace(disk);
  }

  get creation() {
    return `CREATE TABLESPACE ${this.name} OWNER aerie LOCATION '${this.#disk.directory}'`;
  }

  fill() {
    this.#disk.fill();
  }

  empty() {
    this.#disk.empty();
  }
}
