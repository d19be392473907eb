import { Button } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { useTexts } from '../i18n/language.js';
import { EmptyState } from '../ui/empty-state.js';

/** Shows a way out where a view has thrown, such as a script that could not be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const t = useTexts();
  return (
    <EmptyState icon={CircleAlert} title={t.crash.title} text={t.crash.text} role="alert">
      <Button onClick={() => location.reload()}>{t.crash.reload}</Button>
    </EmptyState>
  );
}
