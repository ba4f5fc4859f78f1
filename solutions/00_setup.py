# %% [markdown]
# # 0 · Setting up
#
# Ten minutes with the tools, so that from lesson 1 on you can think about digits and not about buttons. And a look at
# the machine you have: what it can compute in a second, and when a graphics card would help.
#
# **You will be able to** · run cells, fill in an exercise, get a hint and have your answer checked · say what hardware
# Keras sees · predict how the time of a training step grows with the size of a network
#
# *15 minutes for you · ½ minute to run · needs nothing · works offline*
#
# ![Time of one training step against the parameters of a network, logarithmic axes: the two smallest networks take almost the same, little more than a millisecond, and the others longer the larger they are](../docs/imgs/00_steps.png)

# %% [markdown]
# ## A notebook is a list of cells
#
# Text cells like this one explain. Code cells run: click into the next one and press **Shift+Enter**.
# The number in brackets on the left counts what has been run, and a star means "still running".

# %%
from helpers import device, plots
from helpers.checks import check
from helpers.progress import catch_up, hint, progress

# %% [markdown]
# That cell prints nothing when all is well: it loads the tools that every lesson uses.
# If it fails with `No module named 'helpers'`, the installation is not finished; the README says how to finish it.
#
# ## Your first exercise
#
# An exercise is a cell with a blank, three dots: `...`. You replace the dots, run the cell, then run the check below it.
# Those marked *core* are the path through the lesson. Those marked *extra* can be left out: nothing later needs them, and
# *Run → Run All Cells* goes past them.
#
# ### Exercise 0.1 · A mean  (core)
#
# Three students measured the length of the same crystal. Put the mean of their results into `mean_length`:
# one number, in micrometres.

# %% [markdown] hints="0.1"
# <details><summary>Hint 1</summary>A mean is a sum divided by how many there are. What is the length of the list?</details>
# <details><summary>Hint 2</summary>`sum(lengths)` adds them, `len(lengths)` counts them.</details>

# %% exercise="0.1" tags=["core"]
lengths = [151.0, 149.5, 153.5]  # micrometres
### BEGIN SOLUTION
### STUB mean_length = ...
mean_length = sum(lengths) / len(lengths)
### END SOLUTION

# %% check="0.1"
check("0.1", mean_length)

# %% [markdown]
# A green line says what you achieved. Anything else is a sentence in another colour that says what the check saw and
# what to try next. **Before you run this cell:** it checks the sum in place of the mean. What will the check say?

# %% tags=["raises-exception"]
check("0.1", 151.0 + 149.5 + 153.5)

# %% [markdown]
# A check accepts every right way. How often you try is nobody's business: it is noted in a file of your own, and goes nowhere else unless you share it (see below).
# When you are stuck there are three ways on:
#
# 1. Click on **Hint** below an exercise, or run `hint("0.1")`. Each call gives a stronger one.
# 2. Run `catch_up("0.1")`. It puts the solution into a new cell, which you read and run. Use it when you have lost the
#    thread and the class goes on.
# 3. Open the same lesson in the folder `solutions/`.
#
# Run the next cell twice.

# %%
hint("0.1")

# %% [markdown]
# What you have solved is kept in the same file. It survives when you restart the kernel
# (**Kernel → Restart Kernel**, which forgets all variables) or close the browser.

# %%
progress()

# %% [markdown]
# That is for your eyes. If your instructor has a board for the class, `share()` from `helpers.progress` shows it how far
# you are and which hints you get, without your name or your code, and `unshare()` ends that.

# %% [markdown] tags=["instructor"]
# **For the instructor.** Ask everybody to break something on purpose here: delete a bracket, run the cell, read the
# last line of the error, repair it. Then show *Kernel → Restart Kernel and Run All Cells*, which is the cure for most
# confusion later in the day. With a failing check it stops at the first open exercise, as it should.

# %% [markdown]
# ## What does Keras see?
#
# Keras is the library with which you will build networks. `device.start()` loads it, which takes a few seconds the
# first time. `device.describe()` then lists the processor, its memory, and every graphics card (GPU) that Keras can use.

# %%
device.start()
device.describe()

# %% [markdown]
# No GPU is no problem: every lesson is made to run on two processor cores. With a GPU the lessons train for longer,
# because each asks `device.budget` how much work this machine should get:

# %%
device.budget(cpu="a small network", gpu="a large one")

# %% [markdown]
# ## How fast is it?
#
# Nearly all the work in deep learning is of two kinds: products of matrices, and convolutions, which slide a small matrix of
# numbers over a picture (lesson 2). The next cell times both. The unit is GFLOP/s, 10⁹ additions or multiplications of numbers in a second.
#
# **Write down a guess:** your processor runs at about 3 GHz. How many GFLOP/s will the matrix product reach?

# %%
speeds = device.compare()
plots.speeds(speeds)

# %% [markdown]
# Far more than 3: each core works on 4 to 16 numbers at once, often in two units side by side, and may multiply and add in the same step.
# A graphics card has thousands of units that do the same, and shows it only when there is enough work for all of them.
#
# ### Exercise 0.2 · Count the operations  (core)
#
# Where does GFLOP/s come from? The product of two n x n matrices has n² entries. Each is a sum of n products:
# n multiplications and about as many additions.
#
# Complete `gflops`. It takes the size `n` and the time in seconds, and returns the speed in units of 10⁹ operations a second.

# %% [markdown] hints="0.2"
# <details><summary>Hint 1</summary>How many operations does one entry need, and how many entries are there?</details>
# <details><summary>Hint 2</summary>n² entries with 2n operations each. Then divide by the time, and by 10⁹.</details>

# %% exercise="0.2" tags=["core"]
def gflops(n, seconds):
    ### BEGIN SOLUTION
    ### STUB return ...
    return 2 * n**3 / seconds / 1e9
    ### END SOLUTION

# %% check="0.2"
check("0.2", gflops)

# %% [markdown]
# ## When does a GPU pay?
#
# A network is a formula with many adjustable numbers, its *parameters*. Training goes in steps: the network sees a few images, then
# every one of its parameters is corrected a little. The next cell times one step for networks of five sizes.
#
# **Predict first:** the largest network has about 450 times as many parameters as the smallest. How many
# times as long will its step take?

# %% picture="00_steps"
steps = device.step_times()
plots.step_times(steps)

# %% [markdown]
# Far fewer than 450 times. A step has a fixed cost, for starting the work and fetching the result, and a cost for each parameter.
# On a small network you only see the fixed cost, and that is usually *larger* on a GPU than on a processor. A GPU pays when
# the network is large enough for the second cost to outweigh the first.
#
# ### Exercise 0.3 · The fixed cost  (extra)
#
# Assume that the time of a step is `fixed + parameters * slope`. Complete `cost`: from arrays of parameters and of times in
# seconds, both of shape `(n,)`, it returns the two numbers `(fixed, slope)` of the straight line that fits best. All times are
# known to about the same percentage, so divide each deviation by its time before squaring it; otherwise the largest network
# decides alone.

# %% [markdown] hints="0.3"
# <details><summary>Hint 1</summary>You are looking for a polynomial of degree one. NumPy fits polynomials.</details>
# <details><summary>Hint 2</summary>`np.polyfit(x, y, 1, w=1 / y)` multiplies each deviation by `w` before squaring it, and returns the slope first and the fixed part second.</details>

# %% exercise="0.3" tags=["extra"]
import numpy as np


def cost(parameters, seconds):
    ### BEGIN SOLUTION
    ### STUB return ...
    slope, fixed = np.polyfit(parameters, seconds, 1, w=1 / seconds)
    return fixed, slope
    ### END SOLUTION

# %% check="0.3"
check("0.3", cost)

# %% [markdown]
# Now on your own machine. How many parameters cost as much as starting the step at all?

# %% tags=["extra"]
on_cpu = [row for row in steps if row["processor"].startswith("CPU")]
fixed, slope = cost(np.array([row["parameters"] for row in on_cpu]), np.array([row["seconds"] for row in on_cpu]))
print(f"fixed cost {1e3 * fixed:.1f} ms, and {1e9 * slope:.1f} ns for each parameter")
print(f"{fixed / slope:,.0f} parameters cost as much as the start")

# %% [markdown]
# ## What you learned
#
# - Fill in the dots, run the cell, run the check. `hint`, `catch_up` and `progress` help.
# - Speed is counted in operations a second; a matrix product of size n takes 2n³ of them.
# - A training step has a fixed cost and a cost for each parameter; a GPU pays when the second outweighs the first.
#
# ## Open challenges
#
# 1. Find the size of the matrices at which your processor is fastest (`device.compare(size=...)`). Why are small ones slow?
# 2. Time the matrix product with plain NumPy (`%timeit a @ b`), for `float32` and for `float64`. What is the ratio, and why?
# 3. Write the product with three Python loops. How many GFLOP/s do you get, and what does that say about loops?
#
# Next: **01_mnist_skeleton**, your first network.
