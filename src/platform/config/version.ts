import { readFileSync } from 'node:fs';
import { projectFile } from './project-file.js';

const manifest = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
  name: string;
  version: string;
};

/** The name and the version of the application, from package.json. */
export const { name: productName, version } = manifest;
