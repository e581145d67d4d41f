/** What the commands of `tabagent` share. */
import type { HostFlags } from '../../core/config.ts';
import type { HostClient } from '../client.ts';
import type { Printer } from '../print.ts';
import type { Surroundings } from '../surroundings.ts';

/** What a command runs with. */
export interface CommandContext {
  around: Surroundings;
  /** In the output mode of this command line. */
  print(): Printer;
  /** Flags of the host, with those that every command has. */
  flags(more?: HostFlags): HostFlags;
  /** Sets the exit code. */
  exit(code: number): void;
  /** Runs `use` with the running host, or with a host of its own that ends with the command. */
  withClient<T>(use: (client: HostClient) => Promise<T>): Promise<T>;
}
