import type { ValidationOptions } from 'class-validator'
import { Satisfies } from './satisfies.js'
import { type Complaints, complaint, defineValidator, type Validator } from './validator.js'

// What makes an HTML tokenizer leave text: a tag, an end tag, a comment or declaration (HTML Standard 13.2.5.6). Where
// no `<` is followed by one of these there is no markup, however the rest reads; and the search is linear.
const markup = /<[A-Za-z!/?]/
const message = 'must be text without HTML'

/**
 * Whether a value is a text an HTML parser would take as nothing but text. Tags, comments and declarations are
 * refused, unfinished ones too; `a < b`, `I <3 you` and `&lt;b&gt;` pass. So do no `a<b` and `<me@example.com>`.
 * A rule about data: it does not replace escaping where a page is written.
 */
export const validateNoHtml: Validator = defineValidator({
  rule: 'noHtml',
  message,
  schema: Object.freeze({ type: 'string', not: Object.freeze({ pattern: markup.source }) }),
  complaints: (value): Complaints =>
    typeof value === 'string' && !markup.test(value) ? [] : complaint('noHtml', message),
})

/** Refuses a property that is not text, or in which an HTML parser would find markup (see `validateNoHtml`). */
export function NoHtml(options?: ValidationOptions): PropertyDecorator {
  return Satisfies(validateNoHtml, options)
}
