/** What the panel knows of one screen beside its line in the contract's registry. */
import type { RouteComponent } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import type { Finder } from './finder.ts';

/** Exported as `screen` by `features/<id>/screen.ts`; its components are loaded when they are opened. */
export interface ScreenView {
  Icon: LucideIcon;
  list: RouteComponent;
  /** Only for a screen with a route of one thing. */
  detail?: RouteComponent;
  /** Its objects, for the palette. */
  finder?: Finder;
}
