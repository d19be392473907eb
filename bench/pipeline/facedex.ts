// A contender: node --import tsx facedex.ts <workers> <find>
import { type Find, Pipeline, PipelineError } from '@facedex/pipeline';
import { serve } from './contender.js';

await serve(async () => {
  const pipeline = await Pipeline.open({ workers: Number(process.argv[2]) });
  const find = process.argv[3] as Find;
  return {
    async analyse(files, onPhoto) {
      const options = { find, sourceOf: (file: string) => file };
      for await (const { result } of pipeline.analyseAll(files, options)) {
        if (result instanceof PipelineError) throw result;
        onPhoto(result.faces.map(({ embedding }) => embedding));
      }
    },
  };
});
