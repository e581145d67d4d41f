import { expect, test } from 'vitest';
import { addressBlock } from './address-block.ts';

// Catches a caller who has a network of addresses and gets a bucket for each of them.
test.each([
  [['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'], 'loopback'],
  [['203.0.113.1', '203.0.113.254', '::ffff:203.0.113.7'], '203.0.113.0/24'],
  [['2001:db8::1', '2001:db8:0:0:1:2:3:4', '2001:0db8:0000::ffff', '2001:DB8:0:0::'], '2001:db8:0:0::/64'],
  [['fe80::1%eth0', 'fe80::ffff:1'], 'fe80:0:0:0::/64'],
])('%j are one block', (addresses, block) => {
  expect(addresses.map(addressBlock)).toEqual(addresses.map(() => block));
});

test('neighbouring networks are blocks of their own, and so is what is no address', () => {
  const blocks = ['203.0.114.1', '2001:db8:0:1::1', '2001:db9::1', 'local', 'unknown', ''].map(addressBlock);
  expect(new Set(blocks).size).toBe(blocks.length);
});
