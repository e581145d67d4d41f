/** The panel's client on a host in this process, over a MessagePort as the desktop app does. */
import { MessageChannel } from 'node:worker_threads';
import { createClient } from '../../src/contract/client/client.ts';
import type { Client } from '../../src/contract/client/client-types.ts';
import type { Principal } from '../../src/main/core/operation/operation.ts';
import { OPERATOR } from '../../src/main/core/operation/operator.ts';
import { messagePort } from '../../src/main/doors/index.ts';
import { portTransport } from '../../src/renderer/lib/client/message-port.ts';
import type { TestHost } from './host.ts';

/** Connects a client; answers it when it is online. */
export async function connectPanel(host: TestHost, as: Principal = OPERATOR): Promise<Client> {
  const client = createClient({
    name: 'panel',
    connect: (events) => {
      const { port1, port2 } = new MessageChannel();
      host.host.desktop.connectPort(messagePort(port1), as);
      return portTransport(port2 as unknown as MessagePort, events);
    },
    timers: {
      now: () => Date.now(),
      schedule(fn, delayMs) {
        const timer = setTimeout(fn, delayMs);
        return () => clearTimeout(timer);
      },
    },
  });
  await online(client);
  return client;
}

function online(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (client.status().phase !== 'online') return;
      stop();
      resolve();
    };
    const stop = client.subscribe(look);
    queueMicrotask(look);
  });
}
