import type { NumberedProposal, Proposal } from 'plinth'

/** A slug that may be taken. Most calls end without anybody having asked for one with a number. */
export class SlugProposal implements Proposal {
  readonly values: Proposal['values']
  readonly unless: Proposal['unless']
  readonly #numbered: () => NumberedProposal

  constructor({ values, unless }: Proposal, numbered: () => NumberedProposal) {
    this.values = values
    this.unless = unless
    this.#numbered = numbered
  }

  get numbered(): NumberedProposal {
    return this.#numbered()
  }
}
