/** The llama engine: a process that loads GGUF files and computes with them. It knows nothing of callers, settings or HTTP. */

import { toWorker } from '../../../contract/kernel/worker-frames.ts';
import { EngineAsk } from '../../../contract/models/engine.ts';
import { openPort } from '../../shared/port.ts';
import { serve } from '../../shared/serve.ts';
import { createLlamaEngine } from './engine.ts';

serve(openPort(), toWorker(EngineAsk), createLlamaEngine(process.env));
