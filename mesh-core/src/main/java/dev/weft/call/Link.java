package dev.weft.call;

/** One filter folded over what is below it. */
final class Link<R> implements Service<R> {
    private final Filter<R> filter;
    private final Service<R> next;

    Link(Filter<R> filter, Service<R> next) {
        this.filter = filter;
        this.next = next;
    }

    @Override
    public Reply<R> call(Call call) {
        try {
            Reply<R> reply = filter.apply(call, next);
            if (reply == null) {
                throw new NullPointerException("the filter " + filter.getClass().getName() + " answered null");
            }
            return reply;
        } catch (Throwable thrown) {
            return Failure.of(thrown);
        }
    }
}
