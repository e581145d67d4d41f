/** What settings are made of: the sections of their screen, and values that several have. */
import { z } from 'zod';

/** Sections of the settings screen, in order. */
export const SETTING_SECTIONS = [
  'General',
  'Appearance',
  'API & security',
  'Browser',
  'Proxies',
  'Inference',
  'Queue',
  'Storage & retention',
  'Advanced',
] as const;
type SettingSection = (typeof SETTING_SECTIONS)[number];

export const HostName = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d{1,5})?$/i, 'must be a host name, optionally with a port');
export const Origin = z
  .string()
  .regex(/^(https?|chrome-extension):\/\/[^/*\s]+$/, 'must be an exact origin such as https://app.example');

/** Where a setting stands in the screen, and its words. */
export const at = (
  section: SettingSection,
  title: string,
  description: string,
  extra: { restart?: boolean; desktop?: boolean } = {},
) => ({
  title,
  description,
  'x-section': section,
  ...(extra.restart ? { 'x-restart': true } : {}),
  ...(extra.desktop ? { 'x-desktop': true } : {}),
});

export const TierRate = z.strictObject({ per_min: z.int().min(1).max(1_000_000), burst: z.int().min(1).max(100_000) });
