/** Worker thread: writes and reads archives of profiles, so that the host goes on answering. */
import { z } from 'zod';
import { answerInThread } from '../../../core/process/thread.ts';
import { PackInput, pack } from './pack.ts';
import { UnpackInput, unpack } from './unpack.ts';

const Input = z.union([z.object({ pack: PackInput }), z.object({ unpack: UnpackInput })]);

await answerInThread(Input, (input, tell) => ('pack' in input ? pack(input.pack, tell) : unpack(input.unpack, tell)));
