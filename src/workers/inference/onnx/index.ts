/** The ONNX engine: a process that loads ONNX models and computes with them. It knows nothing of callers, settings or HTTP. */
import { toWorker } from '../../../contract/kernel/worker-frames.ts';
import { EngineAsk } from '../../../contract/models/engine.ts';
import { openPort } from '../../shared/port.ts';
import { serve } from '../../shared/serve.ts';
import { createOnnxEngine } from './engine.ts';

serve(openPort(), toWorker(EngineAsk), createOnnxEngine(process.env));
