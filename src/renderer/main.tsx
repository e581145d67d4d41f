/**
 * Entry. The panel is imported only after zod has been told not to probe for `eval`, which the content security policy
 * forbids and reports: static imports would be evaluated before this module.
 */
import { config } from 'zod';

config({ jitless: true });
await import('./start.tsx');
