/** What other screens show of proxies. */
export { PoolName } from './pools/pool-name.tsx';
export { ProxyName } from './proxy-name.tsx';
