import { IsArray, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator'
import { anyone } from 'plinth'
import { Allow } from 'plinth/decorators'
import {
  Authorized,
  Body,
  Get,
  HeaderParam,
  HttpCode,
  JsonController,
  Param,
  Post,
  QueryParam,
} from 'routing-controllers'

class Measure {
  @IsInt() @Min(0) @Max(1000) size!: number
  @IsString() @Length(1, 20) name!: string
  @IsOptional() @IsIn(['cm', 'in']) unit?: 'cm' | 'in'
  @IsOptional() @IsArray() tags?: unknown[]
}

/** Parameters and bodies as decorators of routing-controllers declare them. */
@JsonController('/measures')
export class MeasureController {
  @Get('/:number')
  @Allow(anyone)
  find(
    @Param('number') number: number,
    @QueryParam('exact') exact: boolean,
    @QueryParam('since') since: Date,
    @QueryParam('name') name: string,
    @HeaderParam('x-size') size: number,
  ) {
    return { number, exact, since, name, size }
  }

  @Post('/')
  @HttpCode(201)
  @Allow(anyone)
  add(@Body() body: Measure) {
    return { size: body.size, name: body.name }
  }

  @Post('/:number/parts')
  @Authorized('editor')
  addAll(@Param('number') number: number, @Body({ type: Measure }) parts: Measure[]) {
    return { number, parts }
  }
}
