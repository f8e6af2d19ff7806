/** Something that is waited for until it is opened. */
export class Opening {
  #resolve!: () => void
  readonly opened = new Promise<void>((resolve) => {
    this.#resolve = resolve
  })

  open(): void {
    this.#resolve()
  }
}
