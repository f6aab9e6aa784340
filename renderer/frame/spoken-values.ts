/** How often a value that changes all the time is spoken by a screen reader. */
export const spokenEveryMs = 5000;

/** Says what `read` gives every five seconds, and nothing in between; returns what ends it. */
export function speakNowAndThen(read: () => string, speak: (text: string) => void): () => void {
  const timer = setInterval(() => speak(read()), spokenEveryMs);
  return () => clearInterval(timer);
}
