import { lazyRouteComponent } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: ScrollText,
  list: lazyRouteComponent(() => import('./logs-and-metrics-screen.tsx'), 'LogsAndMetricsScreen'),
};
