/** Answers that took long and are asked for again, by what was asked: the last few, of which the one kept first goes first. */
export class LastAnswers<Answer> {
  readonly #answers = new Map<string, Answer>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(question: string): Answer | undefined {
    return this.#answers.get(question);
  }

  keep(question: string, answer: Answer): Answer {
    this.#answers.set(question, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
