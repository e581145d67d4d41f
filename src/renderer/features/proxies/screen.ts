import { lazyRouteComponent } from '@tanstack/react-router';
import { Waypoints } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: Waypoints,
  list: lazyRouteComponent(() => import('./proxies-screen.tsx'), 'ProxiesScreen'),
};
