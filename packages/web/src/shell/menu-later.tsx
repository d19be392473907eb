import { cloneElement, type ReactElement, type ReactNode, Suspense, useState } from 'react';

/** What a header's menu gets from {@link MenuLater}. */
export interface MenuProps {
  /** Opens the menu. */
  readonly button: ReactElement;
  /** Whether the button was pressed before the menu was there. */
  readonly defaultOpened: boolean;
}

interface MenuLaterProps {
  readonly button: ReactElement<{ onClick?: () => void }>;
  readonly children: (props: MenuProps) => ReactNode;
}

/** A button that is there at once; its menu is loaded while the first screen is shown. */
export function MenuLater({ button, children }: MenuLaterProps) {
  const [pressed, setPressed] = useState(false);
  return (
    <Suspense fallback={cloneElement(button, { onClick: () => setPressed(true) })}>
      {children({ button, defaultOpened: pressed })}
    </Suspense>
  );
}
