export { MemoryBar } from './memory-bar.tsx';
export { useLoading, useLoadPercent } from './use-loading.ts';
