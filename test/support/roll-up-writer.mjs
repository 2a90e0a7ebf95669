// A second process that brings the roll-up of a data folder up to date, one small step after the other, and says so; for tests that kill
// it. Runs the built code, because Node 20 cannot run TypeScript. Argument: FOLDER.
import { openDataFolder } from '../../dist/adapters/lmdb-data-folder.js';

const folder = openDataFolder(process.argv[2], { outcomes: { stepRows: 20 } });
const outcomes = folder.outcomes();
process.stdout.write('begins\n');
while (outcomes.advance()) process.stdout.write('step\n');
process.stdout.write('done\n');
await folder.close();
