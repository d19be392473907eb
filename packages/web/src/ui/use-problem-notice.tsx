import { notifications } from '@mantine/notifications';
import { useProblemWords } from '../i18n/language.js';
import { ProblemText } from './problem-text.js';

/** Shows a notice of something that went wrong; long enough to be read. */
export function useProblemNotice(): (error: unknown) => void {
  const wordsOf = useProblemWords();
  return (error) => {
    const words = wordsOf(error);
    const { title } = words;
    notifications.show({
      title,
      message: <ProblemText {...words} />,
      color: 'red',
      autoClose: 10_000,
    });
  };
}
