import { lazyRouteComponent } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';

export const screen: ScreenView = {
  Icon: CalendarClock,
  list: lazyRouteComponent(() => import('./schedules-screen.tsx'), 'SchedulesScreen'),
};
