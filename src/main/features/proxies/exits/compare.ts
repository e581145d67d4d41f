/** Whether an exit fits what a profile says of itself. Nothing is guessed: what is not known, fits. */
import type { ExitFacts, ExitMismatch } from '../../../../contract/automation/profile/exit.ts';

/** What pages see of a profile; null is what the system has. */
export interface Claims {
  locale: string | null;
  timezone: string | null;
}

const system = () => new Intl.DateTimeFormat().resolvedOptions();

/** The name that stands for all of a zone's; what is none stays as it is. */
function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return name;
  }
}

/** Region of a language tag: `DE` of `de-DE`; null without one. */
function regionOf(tag: string): string | null {
  try {
    return new Intl.Locale(tag).region ?? null;
  } catch {
    return null;
  }
}

/** In which ways a profile does not fit. */
export function mismatchesOf({ locale, timezone }: Claims, { country, timezone: zone }: ExitFacts): ExitMismatch[] {
  const region = regionOf(locale ?? system().locale);
  const own = zoneOf(timezone ?? system().timeZone);
  return [
    ...(region === null || country === null || region === country
      ? []
      : [{ member: 'locale' as const, profile: region, exit: country }]),
    ...(zone === null || own === zoneOf(zone) ? [] : [{ member: 'timezone' as const, profile: own, exit: zone }]),
  ];
}

const SAID = {
  locale: ({ profile, exit }: ExitMismatch) => `its language is of ${profile}, its exit in ${exit}`,
  timezone: ({ profile, exit }: ExitMismatch) => `its time zone is ${profile}, that of its exit ${exit}`,
};

/** In words, as the end of a sentence. */
export const inWords = (mismatches: readonly ExitMismatch[]): string =>
  mismatches.map((one) => SAID[one.member](one)).join(', and ');
