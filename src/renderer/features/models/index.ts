export { MemoryBar } from './memory-bar.tsx';
export { useLoading } from './use-loading.ts';
