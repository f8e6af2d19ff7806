import { type Signer, signingPurpose } from 'plinth'

declare const signer: Signer
const reset = signingPurpose<{ readonly userId: string }>('password-reset', { lifetime: 3600 })
const invite = signingPurpose<number>('invite', { lifetime: 'unlimited' })

export const text: string = signer.sign(reset, { userId: '7' })
export const value: { readonly userId: string } | undefined = signer.verify(reset, text)
export const examined: number | string = ((found) => (found.valid ? found.value : found.reason))(
  signer.examine(invite, text),
)

// @ts-expect-error: the purpose says which values are signed
signer.sign(reset, { userId: 7 })

// @ts-expect-error: all of a value
signer.sign(reset, {})

// @ts-expect-error: and which come back
export const wrong: { readonly userId: string } | undefined = signer.verify(invite, text)

// @ts-expect-error: a text may be none that was signed
export const certain: number = signer.verify(invite, text)

// @ts-expect-error: a purpose says how long its values count
signingPurpose<number>('forever')
