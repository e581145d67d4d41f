/** What runs are made from. */
import type { CommandSpec, RetryPolicy } from '../../../contract/automation/commands.ts';
import type { CommandId, JsonObject } from '../../../contract/kernel/scalars.ts';

/** What a task is made from. Secret defaults are open: keep it in memory only. */
export interface CommandSnapshot {
  id: CommandId;
  version: number;
  name: string;
  kind: CommandSpec['kind'];
  spec: CommandSpec;
  input_schema: JsonObject;
  defaults: JsonObject;
  timeout_seconds: number;
  retry: RetryPolicy;
  concurrency_key: string | null;
  uses: { profile: boolean; services: string[] };
}
