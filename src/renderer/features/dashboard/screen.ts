import { lazyRouteComponent } from '@tanstack/react-router';
import { Gauge } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: Gauge,
  list: lazyRouteComponent(() => import('./dashboard-screen.tsx'), 'DashboardScreen'),
};
