import { expect } from 'chai'
import { UsageError } from 'plinth'

/** Asserts that a call is refused as a mistake of the program, and gives the message without its code. */
export function refusal(code: string, call: () => unknown): string {
  try {
    call()
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError)
    expect((error as UsageError).code).to.equal(code)
    expect((error as UsageError).message).to.match(new RegExp(`\\n\\[${code}\\]$`))
    return (error as UsageError).message.replace(/\n\[\w+\]$/, '')
  }
  return expect.fail('the call was not refused')
}
