import { plainToInstance } from 'class-transformer'
import { IsInt, IsString, Length, Max, Min, validate } from 'class-validator'
import { ruleCheck } from '../src/serializer/validation-rules.js'
import { type Comparison, compare } from './compare.js'

class Given {
  @IsString() @Length(1, 200) title!: string
  @IsString() body!: string
  @IsInt() @Min(0) @Max(1_000_000) words!: number
  @IsInt() @Min(1) categoryId!: number
}

const sound = { title: 'the same everywhere', body: 'text', words: 12, categoryId: 3 }

/** Asks the rules of four properties of a sound object. */
export async function validatingComparison(): Promise<Comparison> {
  const check = ruleCheck(Given)
  return compare(
    'Check an object with four properties and eight rules, all of which hold',
    {
      'class-validator': () => validate(Object.assign(new Given(), sound), { forbidUnknownValues: false }),
      'class-transformer and class-validator': () =>
        validate(plainToInstance(Given, sound), { forbidUnknownValues: false }),
      'plinth, compiled': async () => check(Object.assign(new Given(), sound)),
    },
    { rounds: 9, calls: 500 },
  )
}
