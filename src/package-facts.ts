import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root of the installed package, with a trailing slash: holds package.json, models/ and dist/. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../', import.meta.url));

export const CODE_VERSION: string = JSON.parse(readFileSync(`${PACKAGE_ROOT}package.json`, 'utf8')).version;
