/** `drover sim-hosts` (hidden): a crowd of simulated hosts in a process of their own, led by lines of JSON on stdin; ends with it. */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { systemClock, systemRandom } from '../io/system.ts';

export function addSimHostsCommand(program: Command): void {
  program.command('sim-hosts', { hidden: true }).description('simulated hosts for benchmarks: {"rate":n} changes the rate, {"served":true} asks for the rows served')
    .option('--count <hosts>', 'how many', Number, 10).option('--rate <rows>', 'activity rows a second and host', Number, 0).option('--models <models>', 'of each host; its rows are then whole requests', Number).option('--release <release>')
    .action(async ({ count, rate, models, release }: { count: number; rate: number; models?: number; release?: string }) => {
      const { runSimHosts } = await import('../demo/run-sim-hosts.ts');
      const running = await runSimHosts({ clock: systemClock, random: systemRandom, count, rate, ...(models === undefined ? {} : { models }), ...(release === undefined ? {} : { release }), print: (line) => console.log(line) });
      const lines = createInterface({ input: process.stdin });
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => lines.close());
      for await (const line of lines) {
        const order = JSON.parse(line) as { rate?: number; served?: boolean };
        if (order.rate !== undefined) running.setRate(order.rate);
        if (order.served === true) console.log(JSON.stringify({ served: running.served() }));
      }
      await running.stop();
    });
}
