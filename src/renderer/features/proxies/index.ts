/** What other screens show of proxies. */
export { ProxyName } from './proxy-name.tsx';
