/** Whether a device computes at all, before a model is tried on it. */
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';

/** `y = x + x` for one number: the smallest model that shows whether a device computes. */
const PROBE = Buffer.from(
  'CAhCBAoAEBE6TRIFZ3JhcGhaDwoBeBIKCggIARIECgIIAQoPCgF4CgF4EgJuMCIDQWRkChEKAm4wEgF5IghJZGVudGl0eWIPCgF5EgoKCAgBEgQKAggB',
  'base64',
);

const MAX_REASON = 300;
/** What the library says, without the place in its sources. */
export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^\/\S+:\d+ .* was false\. /s, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REASON);

/** Creates what asks a device once for each process. @returns why it does not compute; null when it does */
export function createProbe(options: InferenceSession.SessionOptions) {
  /** What was found out about a device, once for this process. */
  const probed = new Map<string, Promise<string | null>>();

  /** @returns why the device does not compute; null when it does */
  async function probe(device: string): Promise<string | null> {
    if (!listSupportedBackends().some(({ name }) => name === device)) return 'this build of ONNX Runtime lacks it';
    try {
      const session = await InferenceSession.create(PROBE, { ...options, executionProviders: [device] });
      try {
        const { y } = await session.run({ x: new Tensor('float32', [2], [1]) });
        return y?.data[0] === 4 ? null : 'it computed a wrong result';
      } finally {
        await session.release();
      }
    } catch (error) {
      return reasonOf(error);
    }
  }
  return function refusalOf(device: string): Promise<string | null> {
    const found = probed.get(device) ?? probe(device);
    probed.set(device, found);
    return found;
  };
}
