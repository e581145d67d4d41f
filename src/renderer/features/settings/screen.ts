import { lazyRouteComponent } from '@tanstack/react-router';
import { Settings } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: Settings,
  list: lazyRouteComponent(() => import('./settings-screen.tsx'), 'SettingsScreen'),
};
