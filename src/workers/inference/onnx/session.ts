/** Sessions of ONNX Runtime: on the first of the machine's devices on which the model really computes. */
import os from 'node:os';
import { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { LoadedFacts } from '../../../contract/models/engine.ts';
import { createProbe, reasonOf } from './probe.ts';

type Refused = LoadedFacts['refused_devices'][number];

export interface OpenSession {
  readonly session: InferenceSession;
  readonly device: string;
  /** Devices that come before it, and why they do not compute. */
  readonly refused: readonly Refused[];
}

/** Devices in the order in which they are tried. */
const DEVICES = ['cuda', 'tensorrt', 'dml', 'coreml', 'openvino', 'webgpu'];
/** What such a device runs only on; elsewhere nobody misses it. */
const PLATFORM: Readonly<Record<string, NodeJS.Platform>> = { dml: 'win32', coreml: 'darwin' };

/** @param env `TABAGENT_THREADS` (of both engines together, of which a session takes half), `TABAGENT_GPU` */
export function createSessions(env: NodeJS.ProcessEnv) {
  const wanted = Number(env.TABAGENT_THREADS);
  const budget = Number.isInteger(wanted) && wanted > 0 ? wanted : os.availableParallelism() - 1;
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: Math.max(1, Math.floor(budget / 2)),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Threads that wait would otherwise spin, and take the cores from the other engine.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
  const refusalOf = createProbe(options);

  return {
    /**
     * Opens a model.
     * @param cpuOnly for callers who want no other device
     * @param prove computes something with the session; a device on which that fails is refused
     * @throws AppError `model-corrupted` when the model cannot be opened on the CPU either
     */
    async open(
      path: string,
      cpuOnly: boolean,
      prove: (session: InferenceSession) => Promise<void>,
    ): Promise<OpenSession> {
      const refused: Refused[] = [];
      const here = DEVICES.filter((device) => (PLATFORM[device] ?? process.platform) === process.platform);
      for (const device of cpuOnly || env.TABAGENT_GPU === 'off' ? [] : here) {
        const refusal = await refusalOf(device);
        if (refusal !== null) {
          refused.push({ device, reason: refusal });
          continue;
        }
        try {
          return { session: await opened(path, [device, 'cpu'], prove), device, refused };
        } catch (error) {
          refused.push({ device, reason: reasonOf(error) });
        }
      }
      try {
        return { session: await opened(path, ['cpu'], prove), device: 'cpu', refused };
      } catch (error) {
        if (error instanceof AppError) throw error;
        const reason = reasonOf(error);
        throw new AppError('model-corrupted', `The engine could not load the model: ${reason}`, {
          extra: { reason },
          cause: error,
        });
      }
    },
  };

  async function opened(
    path: string,
    executionProviders: string[],
    prove: (session: InferenceSession) => Promise<void>,
  ): Promise<InferenceSession> {
    const session = await InferenceSession.create(path, { ...options, executionProviders });
    try {
      await prove(session);
      return session;
    } catch (error) {
      await session.release();
      throw error;
    }
  }
}
export type Sessions = ReturnType<typeof createSessions>;
